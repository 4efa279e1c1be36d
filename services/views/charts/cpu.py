"""CPU time of the measured workers, and the CPU time that others took from them."""

from __future__ import annotations

from services.core.report import Report
from services.views.charts import lines, panels
from services.views.charts.axis import Axis, longest
from services.views.charts.drawing import Chart, Drawing
from services.views.charts.panels import Panel
from services.views.charts.rows import places
from services.views.charts.series import Series, apart_from, series
from services.views.tables import Column, Table, bounded, spread, whole

UNIT = "ms"
PER_SECOND = 1000


def _cores(report: Report, over: Axis) -> tuple[Series, ...]:
    return series(report.cells, over, lambda cell: None if cell.cpu is None else cell.cpu.cores)


def _per_task(report: Report, over: Axis) -> tuple[Series, ...]:
    return series(report.cells, over, lambda cell: None if cell.cpu is None else cell.cpu.per_task.scaled(PER_SECOND))


def chart(report: Report) -> Chart:
    """Draw the cores used beside those usable, and the CPU time per task."""
    over = longest(report.cells, report.units)
    cores = _cores(report, over)
    at = lines.places(cores)
    usable = report.findings.usable_cores
    there = (lines.guide("usable cores", (at[0], at[-1]), (usable, usable)),) if usable and len(at) > 1 else ()
    return panels.chart(
        [
            Panel(found=cores, unit="cores", share=(0.0, 0.44), title="cores used", behind=there),
            Panel(found=_per_task(report, over), unit=UNIT, share=(0.58, 1.0), title=f"CPU time per task ({UNIT})"),
        ],
        over,
    )


def table(report: Report) -> Table:
    """Return everything known about the processors, medians over repeats."""
    over = longest(report.cells, report.units)
    return Table(
        columns=(
            *places(over),
            *bounded("used", "cores"),
            *bounded("CPU time", f"{UNIT} per task"),
            Column(heading="in user code", unit=f"{UNIT} per task"),
            Column(heading="in the kernel", unit=f"{UNIT} per task"),
            Column(heading="switches", unit="per task"),
            Column(heading="throttled periods", unit="%"),
            Column(heading="stopped by quota", unit="% of time"),
            Column(heading="other programs", unit="cores"),
            Column(heading="steal", unit="cores"),
            Column(heading="agent", unit="cores"),
            Column(heading="sampler", unit="cores"),
            Column(heading="broker", unit="cores"),
            Column(heading="trials"),
        ),
        rows=tuple(
            (
                apart_from(over, cell),
                whole(over.of(cell)),
                *spread(cell.cpu.cores),
                *spread(cell.cpu.per_task.scaled(PER_SECOND)),
                cell.cpu.user_per_task * PER_SECOND,
                cell.cpu.system_per_task * PER_SECOND,
                cell.cpu.switches_per_task,
                cell.cpu.throttled * 100,
                None if cell.cpu.stopped is None else cell.cpu.stopped * 100,
                cell.cpu.others,
                cell.cpu.steal,
                cell.cpu.agent,
                cell.cpu.sampler,
                cell.cpu.broker,
                cell.finished,
            )
            for cell in report.cells
            if cell.cpu is not None
        ),
        models=tuple(cell.model for cell in report.cells if cell.cpu is not None),
    )


CPU = Drawing(
    name="cpu",
    title="CPU and throttling",
    about=(
        "Cores that the worker kept busy, and CPU time per task; both include processes that tasks start. A CPU quota "
        "throttles the worker in a share of its scheduling periods, and stops each CPU for a share of the time. Other "
        "programs are everything on the host except the worker and the lab's own agent and servers. Sampler is a "
        "part of agent. Broker counts wherever it runs."
    ),
    chart=chart,
    table=table,
)

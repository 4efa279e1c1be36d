"""The guide as one flowchart, with the reader's path marked."""

from __future__ import annotations

from dashboard.guide.decisions import Path, Question, ends, walk
from dashboard.guide.flowchart import COLUMNS, Flowchart, flowchart
from dashboard.guide.tree import TREE

START: Path = walk(TREE, ())


def taken(chart: Flowchart) -> list[str]:
    return [one.name for one in chart.nodes if one.taken]


def questions(at: object) -> set[str]:
    if not isinstance(at, Question):
        return set()
    return {at.title}.union(*(questions(one.to) for one in at.branches))


def test_every_question_end_and_list_is_a_node_once() -> None:
    names = [one.name for one in flowchart(TREE, START).nodes]
    leaves = {leaf.name for _, leaf in ends(TREE)}
    lists = {f"{kind} of {leaf}" for leaf in leaves for kind in ("Benefits", "Considerations")}
    assert sorted(names) == sorted(questions(TREE) | leaves | lists)
    assert set(COLUMNS) == questions(TREE)


def test_every_answer_is_an_edge_and_leads_to_benefits_and_then_considerations() -> None:
    edges = {(one.tail, one.head): one.label.text if one.label else "" for one in flowchart(TREE, START).edges}
    assert edges["CPU-intensive?", "Independent chunks?"] == "yes"
    assert edges["Independent chunks?", "multiprocessing"] == "yes"
    assert edges["Independent chunks?", "specialised-algorithms"] == "no"
    assert edges["CPU-intensive?", "I/O-bound?"] == "no"
    assert edges["Share data often?", "multithreading"] == "yes"
    assert edges["How many I/O operations?", "multithreading"] == "many"
    assert edges["How many I/O operations?", "async-or-sequential"] == "few"
    assert edges["I/O-bound?", "sequential"] == edges["Parallelise?", "sequential"] == "no"
    assert edges["multithreading", "Benefits of multithreading"] == ""
    assert ("Benefits of multithreading", "Considerations of multithreading") in edges


def test_the_path_is_marked_from_the_first_question_to_the_lists_of_its_end() -> None:
    assert taken(flowchart(TREE, START)) == ["Parallelise?"]
    found = flowchart(TREE, walk(TREE, ("yes", "yes", "yes")))
    assert taken(found) == [
        "Parallelise?",
        "CPU-intensive?",
        "Independent chunks?",
        "multiprocessing",
        "Benefits of multiprocessing",
        "Considerations of multiprocessing",
    ]
    assert len([one for one in found.edges if one.taken]) == 5


def test_a_box_leads_to_its_place_and_an_end_on_the_path_to_the_path() -> None:
    addresses = {one.name: one.address for one in flowchart(TREE, START).nodes}
    assert addresses["Parallelise?"] == "/decide"
    assert addresses["multithreading"] == "/decide/yes/no/yes/yes"
    many = walk(TREE, ("yes", "no", "yes", "no", "many"))
    addresses = {one.name: one.address for one in flowchart(TREE, many).nodes}
    assert addresses["multithreading"] == "/decide/yes/no/yes/no/many"
    assert addresses["Benefits of multithreading"] == "/decide/yes/no/yes/no/many#leaf"


def test_no_box_covers_another_and_text_stays_inside() -> None:
    found = flowchart(TREE, START)
    for place, one in enumerate(found.nodes):
        assert one.x >= 0 and one.x + one.width <= found.width and one.y + one.height <= found.height
        assert all(one.y < line.y < one.y + one.height for line in one.lines)
        for other in found.nodes[place + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y

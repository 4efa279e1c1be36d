// Draws the charts of an experiment in the page's own colours. The figures come from the server, whole.
const quiet = {
  displaylogo: false,
  responsive: true,
  modeBarButtons: [["toImage"]],
};
let drawn = {};

export async function drawCharts(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`the figures were answered with ${response.status}`);
  drawn = await response.json();
  await paint();
}

async function paint() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const figure = drawn[place.dataset.chart];
    const empty = !figure?.data.length;
    place.closest(".figure").hidden = empty; // Before it is drawn: a chart takes its size from its place.
    if (!empty) {
      await Plotly.react(place, figure.data, coloured(figure.layout), quiet);
    }
  }
}

function coloured(layout) {
  const tokens = getComputedStyle(document.documentElement);
  const [ink, soft, rule, raised] = ["--ink", "--soft", "--rule", "--raised"].map((name) => tokens.getPropertyValue(name));
  const themed = {
    ...layout,
    font: { ...layout.font, color: soft, family: tokens.getPropertyValue("--text") },
    legend: { ...layout.legend, font: { color: ink } },
    hoverlabel: { bgcolor: raised, bordercolor: rule, font: { color: ink } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: soft, activecolor: ink },
  };
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    themed[name] = { ...layout[name], gridcolor: rule, zerolinecolor: rule, linecolor: rule, tickcolor: rule };
  }
  return themed;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

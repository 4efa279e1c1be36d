"""From a report to Plotly figures. Pure."""

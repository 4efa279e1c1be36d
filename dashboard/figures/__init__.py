"""From summaries to Plotly figures. Pure."""

"""The composition root: one module per process of the lab, the only place where its parts are put together."""

"""Flask: pages, REST and charts."""

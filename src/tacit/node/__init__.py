"""The node process of one organisation: settings, database, HTTP API, peers, scheduler. It wires the other rooms."""

"""Who may run what: approvals, rules and project agreements."""

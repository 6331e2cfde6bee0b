"""What happened, provably: job agreements, statements, receipts, and the audit trail."""

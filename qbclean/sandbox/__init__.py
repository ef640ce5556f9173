"""A local server that behaves like QuickBooks Online. It shares no code with the rest of qbclean.

`server` starts it, `app` speaks HTTP, `api` knows the calls, `operations` and `entities` the rules, `company` holds the
books and `store` keeps them. What is not known about QuickBooks is a switch in `quirks`. Not imitated: the worth
of foreign currencies in the ledger, Intuit's tax tables, inventory costing, projects, and the rules of payroll and of
purchasing beyond totals and open balances.
"""

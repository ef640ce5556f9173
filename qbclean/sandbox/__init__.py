"""A local server that behaves like QuickBooks Online. It shares no code with the rest of qbclean.

`server` starts it, `app` speaks HTTP, `api` knows the calls, `operations` and `entities` the rules, `company` holds the
books and `store` keeps them. What is not known about QuickBooks is a switch in `quirks`. Not imitated: several
currencies, automated sales tax, inventory costing, projects, webhooks, and the rules of payroll and purchasing beyond
totals and open bills.
"""

"""The demo company: a distributor of goods with three years of history and documents in every state.

Two halves:
* `build` and `serve` run in the scripts' own Python (no Odoo there);
* `runner` and what it imports run inside an Odoo shell on the demo database.
  They are not an addon, so that no administrator can install them by accident.

Everything is drawn from one seed, with dates relative to the day of building.
Names of people, companies and goods are invented. The shapes (basket size, gaps
between orders, cancellations, lateness) were counted on real files; see `shapes`.
"""

# role, log-in, name, what the person does first in the demo; the password is the log-in's own word
PASSWORD = "demo"
PEOPLE = (
    ("Salesperson", "sales", "Maya Lindqvist"),
    ("Salesperson", "sales2", "Tomas Okafor"),
    ("Sales assistant", "assistant", "Irene Calloway"),
    ("Buyer", "buyer", "Piet Vandermolen"),
    ("Service agent", "service", "Dana Reyes"),
    ("Marketer", "marketing", "Luca Ferrante"),
    ("Finance supervisor", "finance", "Hannah Brandt"),
    ("Sales manager", "manager", "Georgia Whitcombe"),
)

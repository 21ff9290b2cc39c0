from odoo import fields, models

from ..tools import target as rules


class CrmTargetMixin(models.AbstractModel):
    """How far a quotation, order or invoice brings its salesperson: 'brings you to 83 % of May'."""

    _name = "crm.target.mixin"
    _description = "Target Sentence"

    target_sentence = fields.Char("Target", compute="_compute_target_sentence")

    def _target_data(self):
        """(salesperson, day, measure, untaxed amount in company currency still to be added) of one record."""
        raise NotImplementedError

    def _compute_target_sentence(self):
        """All records of a list with one search and one statement."""
        data = {record: record._target_data() for record in self}
        lines = self._target_lines(data)
        actuals = lines._actuals()
        for record, (user, day, measure, amount) in data.items():
            line = next(
                (
                    line
                    for line in lines
                    if (line.user_id, line.company_id, line.measure) == (user, record.company_id, measure)
                    and line.date_from <= day <= line.date_to
                ),
                None,
            )
            record.target_sentence = line and record._target_text(line, actuals.get(line.id, 0.0), amount)

    def _target_lines(self, data):
        users = {user.id for user, _day, _measure, _amount in data.values() if user}
        # Accountants and agents see documents, not targets: no sentence for them.
        if not users or not self.env["crm.target.line"].has_access("read"):
            return self.env["crm.target.line"]
        days = [day for _user, day, _measure, _amount in data.values()]
        return self.env["crm.target.line"].search(
            [
                ("state", "=", "confirmed"),
                ("scope", "=", "user"),
                ("user_id", "in", list(users)),
                ("measure", "in", list({measure for _user, _day, measure, _amount in data.values()})),
                ("company_id", "in", self.company_id.ids),
                ("date_from", "<=", max(days)),
                ("date_to", ">=", min(days)),
                ("target_id.active", "=", True),
            ]
        )

    def _target_text(self, line, actual, amount):
        before, after = rules.attainment(actual, line.amount), rules.attainment(actual + amount, line.amount)
        if after is None:
            return False
        names = {"percent": f"{after:.0f}", "period": line._period_name(), "name": line.user_id.name}
        mine = line.user_id == self.env.user
        if not amount:
            if mine:
                return self.env._("You are at %(percent)s %% of %(period)s.", **names)
            return self.env._("%(name)s is at %(percent)s %% of %(period)s.", **names)
        names["before"] = f"{before:.0f}"
        if mine:
            return self.env._("Brings you to %(percent)s %% of %(period)s, from %(before)s %%.", **names)
        return self.env._("Brings %(name)s to %(percent)s %% of %(period)s, from %(before)s %%.", **names)

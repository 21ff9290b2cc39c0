from odoo import models

from ..tools.dunning import DAY, held_out


class CrmDunningLetter(models.Model):
    """The level of a letter after some of its lines have left it: that of the lines that stay."""

    _inherit = "crm.dunning.letter"

    def _top_line(self, lines):
        """The line that names the level: the highest new one, of equal ones the oldest; as the run picks it."""
        new = lines.filtered("advances").sorted(lambda line: (-line.rank, line.due_date, line.move_line_id.id))
        return new[:1]

    def _level_at(self, rank):
        """The level so many steps up in the letter's strategy; none where it has fewer by now."""
        return self.strategy_id.sudo().level_ids.sorted("days")[rank - 1 : rank]

    def _is_due(self, lines):
        """Whether `lines` alone still make a letter: one takes a level, and together they reach the smallest amount."""
        self.ensure_one()
        top, least = self._top_line(lines), self.strategy_id.sudo().minimum_amount
        return (
            bool(top)
            and (top.rank == self.rank or bool(self._level_at(top.rank)))
            and self.currency_id.compare_amounts(sum(lines.mapped("amount")), least) >= 0
        )

    def _level_values(self, lines):
        """What changes with the level that `lines` reach: text, channel, fee, stop, who does it, held out or not."""
        self.ensure_one()
        top = self._top_line(lines)
        if top.rank == self.rank:
            return {}
        level = self._level_at(top.rank)
        no_email = level.channel == "mail" and not self.email
        values = {
            "level_id": level.id,
            "rank": top.rank,
            "channel": "letter" if no_email else level.channel,
            "no_email": no_email,
            "fee": level.fee,
            "user_id": (level.user_id or self.run_id.user_id).id,
        }
        if self._is_held_out(top):
            values |= {"state": "held", "held_until": self.date + self.strategy_id.sudo().holdout_days * DAY}
        return values

    def _is_held_out(self, top):
        """Whether the customer is held out of the level that `top` takes; who was, is not a second time."""
        share = self.strategy_id.sudo().holdout_share
        if not held_out(self.partner_id.id, top.rank, share):
            return False
        return not self.env["crm.dunning.letter.line"].search_count(
            [
                ("move_line_id", "=", top.move_line_id.id),
                ("rank", "=", top.rank),
                ("letter_id", "!=", self.id),
                ("letter_id.held_until", "!=", False),
            ],
            limit=1,
        )

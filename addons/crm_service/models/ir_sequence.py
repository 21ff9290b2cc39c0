from odoo import api, models
from odoo.tools import SQL, ormcache


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        if "crm.ticket" in sequences.mapped("code"):
            self.env.registry.clear_cache()
        return sequences

    def write(self, vals):
        if "crm.ticket" in self.mapped("code") or vals.get("code") == "crm.ticket":
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        if "crm.ticket" in self.mapped("code"):
            self.env.registry.clear_cache()
        return super().unlink()

    def _crm_next(self, count):
        """Return the next `count` numbers, as texts in order; empty texts without a sequence.

        What `next_by_id` gives one by one, drawn at once. A sequence without gaps, or of sub-sequences by date, is
        asked one by one: the first locks a row, the second may have to make its sub-sequence.
        """
        if not self:
            return [""] * count
        prefix, suffix, padding, plain = self._crm_format(self.id)
        if not plain:
            return [self.next_by_id() for _number in range(count)]
        # Why SQL: PostgreSQL's own sequence is read here, which no model stands for.
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{self.id:03d}", count)
        )
        if "%" in prefix + suffix:
            prefix, suffix = self._get_prefix_suffix()
        return [f"{prefix}{number:0{padding}d}{suffix}" for number in sorted(number for (number,) in rows)]

    @api.model
    @ormcache("sequence_id")
    def _crm_format(self, sequence_id):
        """Return (prefix, suffix, padding, whether PostgreSQL counts it without dates), kept between requests."""
        sequence = self.sudo().browse(sequence_id)
        plain = sequence.implementation == "standard" and not sequence.use_date_range
        return sequence.prefix or "", sequence.suffix or "", sequence.padding, plain

from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _has_check_or_unique_constraint(self, table, column):
        """Unique indexes count as well: Odoo looks at constraints alone, and would fail at the index."""
        if super()._has_check_or_unique_constraint(table, column):
            return True
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM pg_index i
                         JOIN pg_class c ON c.oid = i.indrelid
                         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
                        WHERE i.indisunique AND c.relname = %s AND a.attname = %s
                          AND c.relnamespace = current_schema::regnamespace LIMIT 1""",
                    table,
                    column,
                )
            )
        )

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Identity keys and duplicate pairs of the merged partners go; the key of the other is made anew."""
        sources = tuple(src_partners.ids)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_partner_key WHERE partner_id IN %s", sources))
        self.env.cr.execute(
            SQL("DELETE FROM crm_duplicate_pair WHERE partner_a_id IN %s OR partner_b_id IN %s", sources, sources)
        )
        self.env.cr.execute(
            SQL("DELETE FROM crm_duplicate_block WHERE partner_id IN %s OR other_partner_id IN %s", sources, sources)
        )
        # One scorecard a month: months that only the merged partner has are kept.
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_scorecard card WHERE card.partner_id IN %s AND EXISTS (
                          SELECT 1 FROM crm_scorecard kept WHERE kept.company_id = card.company_id
                             AND kept.period = card.period AND kept.id <> card.id
                             AND (kept.partner_id = %s OR (kept.partner_id IN %s AND kept.id < card.id)))""",
                sources,
                dst_partner.id,
                sources,
            )
        )
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.partner.key"]._mark(dst_partner.ids)
        return result

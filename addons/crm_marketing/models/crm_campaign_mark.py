from odoo import fields, models
from odoo.tools import SQL

from ..tools import campaign_mark


class CrmCampaignMark(models.Model):
    """Entries changed since the money of campaigns was last kept (crm.campaign.money), written by database triggers.

    A mark is an entry's id, of an invoice or of the money that settles it; written in the transaction that makes the
    change, so that whoever sees the change sees the mark. No foreign key and no unique key: writers never wait for one
    another. The one row without an entry is the state: when the table was last brought up to date, empty = never.
    """

    _name = "crm.campaign.mark"
    _description = "Campaign Money to Compute Again"
    _log_access = False
    _rec_name = "move_id"

    move_id = fields.Integer("Entry", readonly=True, help="Identifier of the journal entry.")
    filled_at = fields.Datetime(readonly=True, help="When the kept money was last brought up to date.")

    _state_unique = models.UniqueIndex("((move_id IS NULL)) WHERE move_id IS NULL")

    def init(self):
        """Create the triggers anew; what an earlier version kept is computed anew as well."""
        for statement in campaign_mark.statements():
            self.env.cr.execute(SQL(statement))
        self.env.cr.execute(
            SQL("UPDATE crm_campaign_mark SET filled_at = NULL WHERE move_id IS NULL AND filled_at IS NOT NULL")
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_campaign_mark (move_id)
                   SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM crm_campaign_mark WHERE move_id IS NULL)"""
            )
        )

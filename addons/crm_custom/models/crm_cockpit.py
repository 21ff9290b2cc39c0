from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmCockpit(models.AbstractModel):
    """The screen of a role's day: blocks of figures and rows, each opening its records. One call, nothing stored.

    The addon that owns a fact extends `_roles` with the blocks of a role, and writes `_block_<key>()` for each. Blocks
    read with the rights of the user; one that the user may not read is left out. Amounts are in the current company's
    currency, days are the user's.
    """

    _name = "crm.cockpit"
    _description = "Cockpit"

    @api.model
    def _roles(self):
        """{role: {"name", "groups" (any of them), "blocks" (keys, in order)}}; the first of a user's roles opens."""
        return {}

    @api.model
    def _own_roles(self):
        return {key: role for key, role in self._roles().items() if self.env.user.has_groups(role["groups"])}

    @api.model
    @api.readonly
    def get_day(self, role=None):
        """Everything that the screen shows, in one call."""
        roles = self._own_roles()
        if role not in roles:
            role = next(iter(roles), False)
        found = [self._read_block(key) for key in roles[role]["blocks"]] if role else []
        return {
            "role": role,
            "roles": [{"key": key, "name": own["name"]} for key, own in roles.items()],
            "date": fields.Date.to_string(fields.Date.context_today(self)),
            "currency_id": self.env.company.currency_id.id,
            "blocks": [block for block in found if block],
        }

    @api.model
    def _read_block(self, key):
        try:
            block = getattr(self, f"_block_{key}")()
        except AccessError:
            return None
        return block and {"figures": [], "rows": [], "buttons": [], "empty": "", "target": False, **block, "key": key}

    # === WHAT A BLOCK IS MADE OF === #

    @api.model
    def _figure(self, key, name, value, target=None, kind="money", note="", alarm=False):
        """A figure: kind 'money' (company currency) or 'count'; `alarm`: red unless it is zero; `note`: below it."""
        return {
            "key": key,
            "name": name,
            "value": value or 0,
            "kind": kind,
            "note": note,
            "alarm": bool(alarm and value),
            "target": target or False,
        }

    @api.model
    def _row(self, key, name, value=None, target=None, kind="money", note="", alarm=False, currency=None):
        """A row: a figure with its name before it; `currency`: where it is not the company's; no value: text only."""
        figure = self._figure(key, name, value, target, kind, note, alarm)
        return {**figure, "value": value, "currency_id": currency.id if currency else False}

    @api.model
    def _target(self, name, model, domain, views=("list", "form"), context=None, action=None):
        """The records behind a figure. `action`: external id of the action whose views and search these are."""
        return {
            "name": name,
            "model": model,
            "domain": list(domain),
            "views": [[False, view] for view in views],
            "context": context or {},
            "action": action or False,
        }

    @api.model
    def _screen(self, action, context=None):
        """A whole action, as its menu opens it."""
        return {"action": action, "model": False, "context": context or {}}

    @api.model
    def _record(self, record, name=None):
        """The form of one record."""
        return {
            "name": name or "",
            "model": record._name,
            "res_id": record.id,
            "views": [[False, "form"]],
            "context": {},
            "action": False,
        }

from odoo import models

from ..tools.campaign_sheet import campaign_workbook

# Field of the table and how Excel shows it.
COLUMNS = (
    ("campaign_id", "text"),
    ("company_id", "text"),
    ("currency_id", "text"),
    ("date_start", "date"),
    ("budget", "money"),
    ("cost", "money"),
    ("reached", "integer"),
    ("responders", "integer"),
    ("response_rate", "ratio"),
    ("leads", "integer"),
    ("order_count", "integer"),
    ("new_customers", "integer"),
    ("ordered", "money"),
    ("invoiced", "money"),
    ("credited", "money"),
    ("collected", "money"),
    ("return_rate", "percent"),
    ("output_input", "ratio"),
    ("goods", "money"),
    ("contribution", "money"),
    ("payback_date", "date"),
    ("return_state", "text"),
)


class CrmCampaignReturn(models.Model):
    """The table of all campaigns as an Excel workbook with charts."""

    _inherit = "crm.campaign.return"

    def action_export_xlsx(self):
        """Download the rows chosen, or all planned campaigns."""
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_marketing/campaigns.xlsx{'?ids=' + ids if ids else ''}",
            "target": "download",
        }

    def _xlsx_columns(self):
        """[(field, kind of tools/campaign_sheet)]; a topic adds its own."""
        return COLUMNS

    def _xlsx(self):
        """The rows of `self` as a workbook; ratios stay empty while there is no cost. Totals only of one currency."""
        names = [name for name, _kind in self._xlsx_columns()]
        self.fetch(names)
        labels = {name: field["string"] for name, field in self.fields_get(names, ["string"]).items()}
        currency = self.currency_id if len(self.currency_id) == 1 else self.env.company.currency_id
        return campaign_workbook(
            self.env._("Return of Campaigns"),
            [(labels[name], kind) for name, kind in self._xlsx_columns()],
            [row._xlsx_row() for row in self],
            self._xlsx_totals(),
            [
                (self.env._("Spent and collected"), [names.index("cost"), names.index("collected")]),
                (self.env._("Return"), [names.index("return_rate")]),
            ],
            currency.decimal_places,
        )

    def _xlsx_row(self):
        cells = []
        states = dict(self._fields["return_state"]._description_selection(self.env))
        for name, kind in self._xlsx_columns():
            value = self[name]
            if name == "return_state":
                value = states.get(value)
            elif name in ("return_rate", "output_input"):
                value = None if self.return_state == "no_cost" else value
            elif name == "response_rate":
                value = value if self.delivered else None
            elif isinstance(value, models.BaseModel):
                value = value.sudo().display_name or None
            elif kind == "date":
                value = value or None
            cells.append(value)
        return cells

    def _xlsx_totals(self):
        """Sums, and the ratios of the sums; no money sum across currencies."""
        sums = {name: sum(self.mapped(name)) for name, kind in self._xlsx_columns() if kind in ("money", "integer")}
        one_currency = len(self.currency_id) <= 1
        cells = [self.env._("Total")]
        for name, kind in self._xlsx_columns()[1:]:
            if kind == "integer" or (kind == "money" and one_currency):
                cells.append(sums[name])
            elif name == "return_rate" and one_currency and sums["cost"] > 0:
                cells.append((sums["collected"] - sums["cost"]) / sums["cost"])
            elif name == "output_input" and one_currency and sums["cost"] > 0:
                cells.append(sums["collected"] / sums["cost"])
            else:
                cells.append(None)
        return cells

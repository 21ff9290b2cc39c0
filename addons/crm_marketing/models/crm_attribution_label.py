from odoo import api, fields, models


class CrmAttributionLabel(models.AbstractModel):
    """Shows the channel of a touch in the reader's words.

    `channel` keeps the code of the kind of touch (crm.touch) where the touch has no medium, source or campaign to be
    told apart by, so that paths are computed without a language. Columns show `channel_name`, groups are headed by it.
    """

    _name = "crm.attribution.label"
    _description = "Attribution, Name of Channel"

    channel_name = fields.Char("Name of Channel", compute="_compute_channel_name", search="_search_channel_name")

    @api.model
    def _channel_names(self):
        """{code: label} of the kinds of touch."""
        return dict(self.env["crm.touch"]._fields["kind"]._description_selection(self.env))

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_channel_name(self):
        names = self._channel_names()
        for row in self:
            row.channel_name = names.get(row.channel, row.channel)

    @api.model
    def _search_channel_name(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        names = self._channel_names()
        meant = [code for code, name in names.items() if value.lower() in name.lower()]
        return ["|", ("channel", "in", meant), "&", ("channel", "not in", list(names)), ("channel", "ilike", value)]

    @api.model
    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Head groups by the label; their domain keeps the code."""
        if groupby_spec != "channel":
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        names = self._channel_names()
        return lambda value: (names.get(value, value), [("channel", "=", value)])

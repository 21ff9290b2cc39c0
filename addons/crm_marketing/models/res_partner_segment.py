from odoo import api, fields, models

GROUPS = "mass_mailing.group_mass_mailing_user,sales_team.group_sale_salesman"


class ResPartner(models.Model):
    """The segments of a customer, what they say of its care, and their instructions for whoever serves it."""

    _inherit = "res.partner"

    crm_segment_member_ids = fields.One2many("crm.segment.member", "partner_id", "Segments", groups=GROUPS)
    crm_segment_line_ids = fields.One2many(
        "crm.segment.version.line", "partner_id", "Frozen in", groups="mass_mailing.group_mass_mailing_user"
    )
    crm_measures = fields.Char("Measures", compute="_compute_crm_care", groups=GROUPS)
    crm_marketing_forms = fields.Char("Marketing Forms", compute="_compute_crm_care", groups=GROUPS)
    crm_care_degree = fields.Char("Degree of Care", compute="_compute_crm_care", groups=GROUPS)

    crm_customisation_ids = fields.One2many("crm.customisation", "partner_id", "Own Terms", groups=GROUPS)
    crm_terms_text = fields.Char(
        "Your Terms",
        compute="_compute_crm_terms_text",
        compute_sudo=True,
        groups=GROUPS,
        help="Price list and promotions agreed with this customer, for mailings.",
    )

    @api.depends("crm_customisation_ids")
    @api.depends_context("company", "lang")
    def _compute_crm_terms_text(self):
        terms = self.env["crm.customisation"]._for_customers(self, self.env.company)
        for partner in self:
            mine = terms.get(partner.commercial_partner_id, self.env["crm.customisation"])
            partner.crm_terms_text = ", ".join(mine.pricelist_id.mapped("name") + mine.program_ids.mapped("name"))

    @api.depends("crm_segment_member_ids")
    @api.depends_context("company", "lang")
    def _compute_crm_care(self):
        """What the segments of the current company say; empty where none does."""
        segments = self._crm_segments(self.env.company)
        fields_get = self.env["crm.segment"]._fields
        forms = dict(fields_get["marketing_form"]._description_selection(self.env))
        degrees = dict(fields_get["care_degree"]._description_selection(self.env))
        for partner in self:
            mine = segments.get(partner.id, self.env["crm.segment"])
            partner.crm_measures = ", ".join(measure for measure in mine.mapped("measure") if measure)
            keys = {segment.marketing_form for segment in mine}
            partner.crm_marketing_forms = ", ".join(label for key, label in forms.items() if key in keys)
            keys = {segment.care_degree for segment in mine}
            # The most careful one counts: the selection goes from intensive to none.
            partner.crm_care_degree = next((label for key, label in degrees.items() if key in keys), False)

    def _crm_segments(self, company):
        """{partner id: active segments of the company}; a contact has those of its customer as well."""
        ids = set(self.ids) | set(self.commercial_partner_id.ids)
        rows = (
            self.env["crm.segment.member"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", list(ids)),
                    ("company_id", "=", company.id),
                    ("segment_id.active", "=", True),
                ],
                ["partner_id"],
                ["segment_id:recordset"],
            )
        )
        found = {partner.id: segments for partner, segments in rows}
        nothing = self.env["crm.segment"].sudo()
        result = {}
        for partner in self:
            segments = found.get(partner.id, nothing) | found.get(partner.commercial_partner_id.id, nothing)
            if segments:
                result[partner.id] = segments.sorted("name")
        return result

    def _crm_instructions(self, company):
        result = super()._crm_instructions(company)
        for partner_id, segments in self._crm_segments(company).items():
            for segment in segments.filtered("instruction"):
                result.setdefault(partner_id, []).append(f"{segment.name}: {segment.instruction}")
        return result

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CampaignSheetController(http.Controller):
    @http.route("/crm_marketing/campaigns.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def campaigns_xlsx(self, ids=None, **_kwargs):
        """The table of campaigns that the user may read, all planned ones or the rows asked for."""
        model = request.env["crm.campaign.return"]
        numbers = [int(number) for number in (ids or "").split(",") if number.isdigit()]
        domain = [("id", "in", numbers)] if ids else [("is_auto_campaign", "=", False), ("campaign_active", "=", True)]
        content = model.search(domain, order="collected desc, id")._xlsx()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition("campaigns.xlsx")),
            ],
        )

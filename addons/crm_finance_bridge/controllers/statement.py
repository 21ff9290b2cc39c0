from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..tools import statement as rules

FIRST_YEAR = 1900  # workbooks know no day before it
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read_period(env, company, kind=None, date_from=None, date=None, **_kwargs):
    """(company, kind, first day, last day) from an address; what cannot be read is refused."""
    try:
        date = fields.Date.to_date(date) or company._crm_credit_today()
        date_from = fields.Date.to_date(date_from) or date.replace(month=1, day=1)
    except ValueError:
        date_from = date = None
    kind = kind or rules.OPEN
    known = date and min(date, date_from).year >= FIRST_YEAR and kind in (rules.OPEN, rules.MOVEMENT)
    if not known or (kind == rules.MOVEMENT and date_from > date):
        raise UserError(env._("The period of this address cannot be read."))
    return company, kind, min(date_from, date), date


def statement_file(env, partner, period, extension):
    """The answer with one customer's statement; the caller has checked the rights. `env` is that of the reader."""
    company, kind, date_from, date = period
    Statement = env["crm.statement"].sudo()
    partner, company = partner.sudo().commercial_partner_id, company.sudo()
    if extension == "xlsx":
        content, mime, shown = Statement._xlsx(company, partner, kind, date_from, date), XLSX, "attachment"
    else:
        content, made = Statement._pdf(company, partner, kind, date_from, date)
        mime, shown = ("application/pdf" if made == "pdf" else "text/html"), "inline"
    return request.make_response(
        content,
        headers=[
            ("Content-Type", mime),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(f"statement-{partner.id}-{date}.{extension}", shown)),
        ],
    )


class StatementController(http.Controller):
    @http.route(
        "/crm_finance_bridge/statement/<int:partner_id>.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def crm_statement(self, partner_id, extension, company_id=None, **params):
        """A customer's statement for those in the company who may see what the customer owes."""
        env = request.env
        partner = env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise request.not_found()
        partner._crm_statement_check()
        company = env.company.root_id
        if company_id and str(company_id).isdecimal():
            company = env["res.company"].sudo().browse(int(company_id)).exists().root_id
        env["crm.statement"]._check_legal_entity(company, env.user)
        return statement_file(env, partner, read_period(env, company.sudo(), **params), extension)

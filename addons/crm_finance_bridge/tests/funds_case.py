import base64

from .common import FinanceCommon

TYPES = ("rent", "utilities", "office", "salary", "commission", "selling")


class FundsExpenseCase(FinanceCommon):
    """A salesperson with an employee, a finance supervisor who approves, the six types of expense."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("hr_expense.group_hr_expense_manager")
        cls.supervisor = cls._user("fin_supervisor", "account.group_account_manager,hr_expense.group_hr_expense_user")
        cls.items = {name: cls.env.ref(f"crm_finance_bridge.crm_expense_item_{name}") for name in TYPES}
        cls.types = {name: cls.env.ref(f"crm_finance_bridge.crm_expense_type_{name}") for name in TYPES}
        cls.employee = cls._employee(cls.salesman)
        cls.campaign = cls.env["utm.campaign"].create({"title": "Spring fair"})
        cls.account = cls.company_data["default_account_expense"]

    @classmethod
    def _employee(cls, user):
        employee = (
            cls.env["hr.employee"]
            .sudo()
            .create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "work_contact_id": user.partner_id.id,
                    "company_id": cls.company.id,
                    "expense_manager_id": cls.supervisor.id,
                }
            )
        )
        return employee.sudo(False)

    def _expense(self, amount, item="selling", user=None, day="2026-03-04", **vals):
        return (
            self.env["hr.expense"]
            .with_user(user or self.supervisor)
            .create(
                {
                    "name": f"Spent on {item}",
                    "employee_id": self.employee.id,
                    "product_id": self.items[item].id,
                    "total_amount_currency": amount,
                    "date": day,
                    **vals,
                }
            )
        )

    def _post(self, expense):
        expense.action_submit()
        expense.with_user(self.supervisor).action_approve()
        if expense.payment_mode == "company_account":
            expense.with_user(self.supervisor).action_post()
        else:
            expense.sudo()._post_without_wizard()
        self.env.flush_all()
        return expense.sudo().account_move_id

    def _entries(self, user=None, **equal):
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id)] + [(key, "=", value) for key, value in equal.items()]
        return self.env["crm.expense.entry"].with_user(user or self.biller).search(domain)

    def _attach(self, record):
        return self.env["ir.attachment"].create(
            {"name": "receipt.txt", "res_model": record._name, "res_id": record.id, "datas": base64.b64encode(b"42")}
        )

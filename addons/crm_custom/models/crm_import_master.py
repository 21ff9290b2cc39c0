from odoo import api, models

from ..tools import history as rules

# Nobody is told about a history, and no log line is written per record.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CrmImportMaster(models.AbstractModel):
    """Customers and products of a sales history: found by reference or by their own code, else created."""

    _name = "crm.import.master"
    _description = "Import of Customers and Products"

    @api.model
    def _partners(self, history, documents):
        """{customer key: partner id} for the documents; what is missing is created and remembered."""
        first = {}
        for document in documents:
            first.setdefault(document.customer, document)
        known = self.env["crm.import.reference"]._known(history.company_id, "customer", first)
        missing = [key for key in first if key not in known]
        found = self._find_by_code(history, "res.partner", "ref", missing)
        to_create = [key for key in missing if key not in found]
        countries = self._countries({first[key].country for key in to_create})
        partners = (
            self.env["res.partner"]
            .with_context(**QUIET)
            .create([self._prepare_partner(history, key, first[key], countries) for key in to_create])
        )
        found.update(zip(to_create, partners.ids, strict=True))
        self.env["crm.import.reference"]._remember(history, "customer", found)
        return {**known, **found}

    @api.model
    def _prepare_partner(self, history, key, document, countries):
        is_walk_in = key == history._walk_in_key()
        name = document.customer_name or self.env._("Customer %(number)s", number=key)
        return {
            "name": self.env._("Customers without a number") if is_walk_in else name,
            "ref": key,
            "company_id": False if history.share_master_data else history.company_id.id,
            "country_id": False if is_walk_in else countries.get(document.country, False),
        }

    @api.model
    def _countries(self, names):
        """{country as written in the file: id}; what names no single country is left out."""
        keys = {name: rules.country_key(name) for name in names if name}
        wanted = {key for key in keys.values() if key}
        records = self.env["res.country"].with_context(lang="en_US").search_fetch([], ["code", "name"])
        ids = {("code", country.code): country.id for country in records}
        ids.update((("name", country.name.lower()), country.id) for country in records)
        return {name: ids[key] for name, key in keys.items() if key in wanted and key in ids}

    @api.model
    def _products(self, history, documents, plan):
        """{stock code: product id} for the documents; what is missing is created and remembered."""
        codes = {}
        for document in documents:
            for line in document.lines:
                codes.setdefault(line.code, None)
        known = self.env["crm.import.reference"]._known(history.company_id, "product", codes)
        missing = [code for code in codes if code not in known]
        found = self._find_by_code(history, "product.product", "default_code", missing)
        to_create = [code for code in missing if code not in found]
        # sudo: who may load a history may post invoices, but need not hold the right to set up products.
        products = (
            self.env["product.product"]
            .sudo()
            .with_context(**QUIET)
            .create([self._prepare_product(history, code, plan) for code in to_create])
        )
        found.update(zip(to_create, products.ids, strict=True))
        self.env["crm.import.reference"]._remember(history, "product", found)
        return {**known, **found}

    @api.model
    def _prepare_product(self, history, code, plan):
        return {
            "name": plan.product_name(code),
            "default_code": code,
            "type": "service" if rules.is_service(code) else "consu",
            "list_price": float(plan.prices.get(code, 0)),
            "company_id": False if history.share_master_data else history.company_id.id,
        }

    @api.model
    def _find_by_code(self, history, model, field, codes):
        """{code: id} of records that people entered before, where exactly one record carries the code."""
        if not codes:
            return {}
        domain = [(field, "in", codes), ("company_id", "in", [False, history.company_id.id])]
        if model == "res.partner":
            domain.append(("parent_id", "=", False))
        found = {}
        for record in self.env[model].search_fetch(domain, [field]):
            found.setdefault(record[field], []).append(record.id)
        return {code: ids[0] for code, ids in found.items() if len(ids) == 1}

from odoo import api, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.tools import SQL


class CrmBucketMixin(models.AbstractModel):
    """Age buckets on stored rows: the company's labels, and the order of age instead of that of the keys."""

    _name = "crm.bucket.mixin"
    _description = "Age Buckets"

    _bucket_fields = ("bucket",)

    @api.model
    def _selection_bucket(self):
        return self.env["crm.open.item"]._selection_bucket()

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        found = [name for name in self._bucket_fields if name in groupby_terms]
        if not found:
            return super()._read_group_orderby(order, groupby_terms, query)
        aged = {name: SQL("ARRAY_POSITION(%s, %s::text)", list(BUCKETS), groupby_terms[name]) for name in found}
        terms = {**groupby_terms, **aged}
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({key: term for key, term in terms.items() if key not in found})
        return result

from odoo.addons.crm_custom.models.crm_internal_field_mixin import ADDONS

ADDONS.add("crm_service")

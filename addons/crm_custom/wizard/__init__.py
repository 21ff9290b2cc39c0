from . import crm_open_item_as_of

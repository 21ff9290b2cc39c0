from . import portal_shop

from . import portal_contact

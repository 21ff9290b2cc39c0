from . import portal_privacy

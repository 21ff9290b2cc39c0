"""Choices that several models of the voice of the customer share."""

MEASURES = [
    ("satisfaction", "Satisfaction"),
    ("expectation", "Expectation"),
    ("experience", "Experience"),
    ("brand", "Brand Image"),
    ("repurchase", "Would Buy Again"),
    ("named", "Greeted by Name"),
    ("temperature", "Temperature"),
    ("care", "Care"),
]
TOUCHPOINTS = [
    ("advertising", "Advertising"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("delivery", "Delivery"),
    ("invoice", "Invoice"),
    ("service", "Service Request"),
    ("visit", "Visit"),
    ("phone", "Phone Call"),
    ("web", "Web Site and Portal"),
    ("event", "Event"),
]
CARE_VARIABLES = [
    ("product", "Product and Service"),
    ("communication", "Communication"),
    ("incentive", "Sales Incentive"),
    ("relations", "Public Relations"),
]
CARE_STAGES = [("before", "Before the Sale"), ("during", "During the Sale"), ("after", "After the Sale")]
ASPECTS = [
    ("service", "Service"),
    ("product_quality", "Product Quality"),
    ("service_quality", "Service Quality"),
    ("after_sales", "After-Sales"),
]
DEPARTMENTS = [
    ("sales", "Sales"),
    ("marketing", "Marketing"),
    ("service", "Service"),
    ("finance", "Finance"),
    ("logistics", "Logistics"),
    ("purchase", "Purchasing"),
    ("production", "Production"),
    ("research", "Research and Development"),
    ("management", "Management"),
]

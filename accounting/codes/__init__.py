"""Floor 1: the ids of regions, items, categories and gases, with their names.

regions: GB/T 2260 with validity and successors · words: items, categories, gases and their aliases. The tables lie in
datasets/codes; they are read once, when something is asked.
"""

from accounting.codes.regions import (
    NATION,
    Region,
    ancestors,
    ancestors_of_entities,
    entity,
    entity_name,
    find_region,
    is_region_code,
    named_in,
    region,
    regions,
    stands,
)
from accounting.codes.words import (
    Category,
    Gas,
    Item,
    categories,
    category,
    category_parents,
    find_category,
    find_gas,
    find_item,
    gas,
    gases,
    item,
    item_parents,
    items,
    names,
    near_items,
)

__all__ = [
    "NATION",
    "Category",
    "Gas",
    "Item",
    "Region",
    "ancestors",
    "ancestors_of_entities",
    "categories",
    "category",
    "category_parents",
    "entity",
    "entity_name",
    "find_category",
    "find_gas",
    "find_item",
    "find_region",
    "gas",
    "gases",
    "is_region_code",
    "item",
    "item_parents",
    "items",
    "named_in",
    "names",
    "near_items",
    "region",
    "regions",
    "stands",
]

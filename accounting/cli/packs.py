"""tanfeng factors, schema: factor packs, and the tables and ids that everything uses."""

from pathlib import Path
from typing import Annotated

import typer

from accounting.cli.talk import Talk


def add_commands(app: typer.Typer, talk: Talk) -> None:
    """Put factors list/show/verify and schema into the command."""
    say = talk.say
    factors = typer.Typer(
        help=say("因子包：列出、查看、检查、查找、比较", "factor packs: list, show, verify, find, inspect, diff"),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.add_typer(factors, name="factors")

    @factors.command(
        "list", help=say("列出因子包。例：tanfeng factors list", "The packs at hand. Example: tanfeng factors list")
    )
    def list_packs() -> int:
        from accounting.cli.pack_answers import packs_listed

        return packs_listed(talk)

    @factors.command(
        "show",
        help=say(
            "列出一个因子包的数值（含倒数）与出处；--item 另列各包各版。例：tanfeng factors show ceads-2018 --item 柴油",
            "The values of a pack, both ways round, with their sources; --item adds the editions of every pack. "
            "Example: tanfeng factors show ceads-2018 --item diesel_oil",
        ),
    )
    def show_pack(
        pack: Annotated[str, typer.Argument(metavar="PACK", help=say("因子包编号或文件夹", "id or folder of a pack"))],
        item: Annotated[str | None, typer.Option(help=say("品种", "item"))] = None,
    ) -> int:
        from accounting.cli.pack_answers import pack_shown

        return pack_shown(talk, pack, item)

    @factors.command(
        "verify",
        help=say(
            "检查因子包：单位、有效期、重复、范围、出处。例：tanfeng factors verify 我的因子包",
            "Check packs: units, validity, duplicates, ranges, citations. Example: tanfeng factors verify my-pack",
        ),
    )
    def verify_packs(
        packs: Annotated[
            list[str] | None, typer.Argument(metavar="[PACK…]", help=say("默认全部自带包", "all shipped packs by default"))
        ] = None,
        every: Annotated[bool, typer.Option("--all", help=say("连同全部自带包", "and all shipped packs"))] = False,
    ) -> int:
        from accounting.cli.pack_answers import packs_verified

        return packs_verified(talk, packs or [], every=every)

    @factors.command(
        "find",
        help=say(
            "在全部自带包中按品种或部门查值。例：tanfeng factors find 原煤；tanfeng factors find ym",
            "The values of an item in every shipped pack. Examples: tanfeng factors find diesel; tanfeng factors find ym",
        ),
    )
    def find_values(
        word: Annotated[
            str,
            typer.Argument(
                metavar="WORD",
                help=say(
                    "品种或部门：名称、编码、其一部分，或拼音首字母（ym）", "item or category: name, id, part, pinyin initials"
                ),
            ),
        ],
        parameter: Annotated[str | None, typer.Option(help=say("只列一种参数", "one parameter only"))] = None,
    ) -> int:
        from accounting.cli.pack_answers import values_found

        return values_found(talk, word, parameter)

    @factors.command(
        "inspect",
        help=say(
            "一种方法需要哪些参数。例：tanfeng factors inspect combustion",
            "What a method reads, and its source. Example: tanfeng factors inspect combustion",
        ),
    )
    def inspect_method(
        name: Annotated[
            str, typer.Argument(metavar="METHOD", help=say("方法编号或其开头", "id of a method, or its beginning"))
        ],
    ) -> int:
        from accounting.cli.pack_answers import methods_shown

        return methods_shown(talk, name)

    @factors.command(
        "diff",
        help=say(
            "两个因子包的差别；--run 给出对某一批次的影响。例：tanfeng factors diff cn-enterprise-2015 cn-enterprise-2024",
            "How two packs differ; --run: what that does to a run. "
            "Example: tanfeng factors diff cn-enterprise-2015 cn-enterprise-2024 --run result",
        ),
    )
    def diff_packs(
        old: Annotated[str, typer.Argument(metavar="A", help=say("原因子包：编号或文件夹", "the old pack: id or folder"))],
        new: Annotated[str, typer.Argument(metavar="B", help=say("新因子包：编号或文件夹", "the new pack: id or folder"))],
        run: Annotated[
            Path | None, typer.Option(help=say("核算批次：以 B 代 A 重算", "a run, computed again with B in the place of A"))
        ] = None,
    ) -> int:
        from accounting.cli.pack_diffs import packs_compared

        return packs_compared(talk, old, new, run)

    @app.command(
        help=say(
            "各表的列与类型；schema ids 列出编码、名称、单位，schema project 列出项目文件的键。"
            "例：tanfeng schema inventory；tanfeng schema entities；tanfeng schema ids",
            "Columns and types of the tables; ids lists ids, names, units, project the keys of the project file. "
            "Examples: tanfeng schema inventory; tanfeng schema entities; tanfeng schema ids",
        )
    )
    def schema(
        table: Annotated[
            str | None,
            typer.Argument(metavar="[TABLE|project|ids]", help=say("表名、project 或 ids", "a table, project or ids")),
        ] = None,
    ) -> int:
        from accounting.cli.pack_answers import schema_shown

        return schema_shown(talk, table)

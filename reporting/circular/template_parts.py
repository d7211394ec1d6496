"""Pieces of the Word template that python-docx has no words for, and its fields in their order."""

from __future__ import annotations

from docx.oxml.ns import nsdecls

#: A font, what stands in for it where it is missing, and its family.
FONTS = (
    ("仿宋_GB2312", "仿宋,FangSong,STFangsong,华文仿宋,Noto Serif CJK SC", "modern"),
    ("楷体_GB2312", "楷体,KaiTi,STKaiti,华文楷体,Noto Serif CJK SC", "modern"),
    ("方正小标宋_GBK", "方正小标宋简体,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,Noto Serif CJK SC", "roman"),
    ("黑体", "SimHei,STHeiti,Noto Sans CJK SC", "swiss"),
    ("宋体", "SimSun,STSong,Noto Serif CJK SC", "roman"),
    ("Times New Roman", "Liberation Serif", "roman"),
)

#: The body's paragraphs: style and text; {%p …%} stands for a paragraph of its own that vanishes.
BLOCKS = (
    ("公文标题", "{%p for line in title %}"),
    ("公文标题", "{{ line }}"),
    ("公文标题", "{%p endfor %}"),
    ("主送机关", ""),
    ("主送机关", "{{ recipients }}"),
    ("公文正文", "{%p for part in body %}"),
    ("公文正文", "{%p if part.style == 'chapter' %}"),
    ("一级标题", "{{ part.text }}"),
    ("公文正文", "{%p elif part.style == 'section' %}"),
    ("二级标题", "{{ part.text }}"),
    ("公文正文", "{%p elif part.style == 'item' %}"),
    ("三级标题", "{{ part.text }}"),
    ("公文正文", "{%p else %}"),
    ("公文正文", "{{r part.rich }}"),
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p if annex_lines %}"),
    ("落款空行", ""),
    ("公文正文", "{%p for line in annex_lines %}"),
    ("附件说明", "{{ line }}"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p endif %}"),
    ("落款空行", ""),
    ("落款空行", ""),
    ("落款", "{{ issuer }}"),
    ("落款", "{{ signed_on }}"),
    ("公文正文", "{%p for annex in annexes %}"),
    ("附件标识", "{{ annex.label }}"),
    ("附件标题", "{{ annex.title }}"),
    ("公文正文", "{%p for part in annex.parts %}"),
    ("公文正文", "{%p if part.is_table %}"),
    ("公文正文", "{%p if part.breaks %}"),
    ("表题另页", "{{ part.title }}"),
    ("公文正文", "{%p else %}"),
    ("表题", "{{ part.title }}"),
    ("公文正文", "{%p endif %}"),
    ("表文", "{{ part.place }}"),
    ("公文正文", "{%p for note in part.notes %}"),
    ("表注", "{{ note }}"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p else %}"),
    ("图题", "{{ part.title }}"),
    ("图", "{{ part.image }}"),
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p endfor %}"),
)

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
    '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
    '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
    'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
)
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'


def footer_xml(side: str) -> str:
    """Return the page number between dashes, one character in from the side: right on odd pages, left on even ones."""
    fonts = '<w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="28"/>'
    run = f"<w:r><w:rPr>{fonts}</w:rPr>"
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    field = "".join(f"{run}{part}</w:r>" for part in parts)
    dash = f'{run}<w:t xml:space="preserve">{{}}</w:t></w:r>'
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:{side}="280" w:{side}Chars="100"/><w:jc w:val="{side}"/></w:pPr>'
        f"{dash.format('— ')}{field}{dash.format(' —')}</w:p>"
    )


def watermark_xml(name: str) -> list[str]:
    """Return the header's paragraphs: a grey text across the page where the document has a watermark."""

    def tag(text: str) -> str:
        return f"<w:p {nsdecls('w')}><w:r><w:t>{{%p {text} %}}</w:t></w:r></w:p>"

    place = (
        "position:absolute;margin-left:0;margin-top:0;width:400pt;height:80pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    shape = (
        f'<v:shape id="watermark-{name}" o:spid="_x0000_s20{len(name)}1" type="#_x0000_t136" style="{place}" '
        f'fillcolor="#c8c8c8" stroked="f"><v:fill opacity=".5"/>'
        f'<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="{{{{ watermark }}}}"/></v:shape>'
    )
    drawn = f"<w:p {nsdecls('w')} {_VML}><w:r><w:pict>{_SHAPE_TYPE}{shape}</w:pict></w:r></w:p>"
    return [tag("if watermark"), drawn, tag("endif"), f"<w:p {nsdecls('w')}/>"]


#: Below a letter's first page: a red rule of 170 mm, thin above thick, and no number.
LETTER_RULES = (
    f'<w:p {nsdecls("w")}><w:pPr><w:pBdr><w:top w:val="thinThickSmallGap" w:sz="24" w:space="1" w:color="D7000F"/>'
    '</w:pBdr><w:ind w:left="-397" w:right="-397"/></w:pPr></w:p>'
)


#: Two lines of 26 pt and their rules end with the block, 35 mm above the edge; in twips. Named by its place, because
#: LibreOffice does not know "at the bottom".
IMPRINT_TOP = 16838 - 1984 - 2 * 520 - 40
#: Word wants a paragraph after a table; it takes no room, lest it begin a page.
_LAST = (
    f'<w:p {nsdecls("w")}><w:pPr><w:snapToGrid w:val="0"/>'
    '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


def imprint_xml() -> list[str]:
    """Return the imprint at the bottom of the last page: copies, then who printed it and when, between rules."""

    def rule(side: str, size: int) -> str:
        return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'

    style = '<w:pStyle w:val="版记"/>'
    borders = rule("top", 8) + rule("bottom", 8) + rule("insideH", 6)
    inset = '<w:ind w:left="280" w:right="280"/>'

    def row(text: str) -> str:
        tabs = '<w:tabs><w:tab w:val="right" w:pos="8564"/></w:tabs>'
        runs = "<w:r><w:tab/></w:r>".join(f"<w:r><w:t>{one}</w:t></w:r>" for one in text.split("\t"))
        paragraph = f"<w:p><w:pPr>{style}{tabs}{inset}</w:pPr>{runs}</w:p>"
        cell = f'<w:tc><w:tcPr><w:tcW w:w="8844" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'
        return f"<w:tr>{cell}</w:tr>"

    place = f'<w:tblpPr w:horzAnchor="margin" w:vertAnchor="page" w:tblpXSpec="left" w:tblpY="{IMPRINT_TOP}"/>'
    table = (
        f'<w:tbl {nsdecls("w")}><w:tblPr>{place}<w:tblOverlap w:val="never"/><w:tblW w:w="8844" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        '</w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="8844"/></w:tblGrid>'
        f"{row('抄送：{{ copies }}。')}{row('{{ printed_by }}' + chr(9) + '{{ signed_on }}印发')}</w:tbl>"
    )
    return [table, _LAST]

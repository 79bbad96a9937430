"""The address without a path: the three doors of the house, each with whom it is for."""

from flask import Blueprint, Response, current_app, render_template_string

pages = Blueprint("front", __name__)

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>联动</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/docs.css"><link rel="stylesheet" href="/static/build/fonts/fonts.css">
<main><h1>联动</h1><p>县里看病，上下联动。从哪扇门进？</p>
{% for address, name, whom in doors %}<a class="door" href="{{ address }}"><b>{{ name }}</b><span>{{ whom }}</span></a>
{% endfor %}</main></html>"""
_DOORS = (
    ("/app/", "小程序", "居民、家庭医生、村医、签字的人：手机上用，和微信里一样"),
    ("/app/#/features/hospitals/pages/list", "医院和电话", "谁都能看：哪家医院能看什么病、转诊服务台的电话，不用登录"),
    ("/desk/", "转诊服务台与卫健局", "医院服务台、医务科、病房、卫健局：电脑上用"),
    ("/api/docs", "接口文档", "写程序对接的人"),
)


@pages.get("/")
def doors() -> str:
    """Show where one may go in."""
    return render_template_string(_PAGE, doors=_DOORS)


@pages.get("/favicon.ico")
def icon() -> Response:
    """Serve the house's own mark to a browser that asks by the old name."""
    return current_app.send_static_file("icon.svg")

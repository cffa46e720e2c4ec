"""The page's small web server: SimCord's own routes plus the thread list, new threads and message menus.

Serves this machine only (127.0.0.1) and asks for the secret part of the address on every call.
"""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError
from simcord.preview import _server as simcord_server
from simcord.preview._server import PreviewServer, _read_json_body

from bot.core.errors import AppError

if TYPE_CHECKING:
    from bot.sandbox.page import SandboxPage

STATIC = Path(__file__).with_name("static")
_OWN_FILES = {
    "/sandbox.js": "application/javascript",
    "/sandbox.css": "text/css",
    "/sandbox.svg": "image/svg+xml",
}
_OWN_HEAD = (
    '<link rel="icon" href="/sandbox.svg"><link rel="stylesheet" href="/sandbox.css">'
    '<script type="module" src="/sandbox.js"></script>'
)
_HEAD_END = "</head>"
_WORKSPACE = '<div class="preview-workspace" id="preview-workspace">'


class SandboxServer(PreviewServer):  # type: ignore[misc]  # simcord ships no types that mypy follows here
    """The preview's server with the sandbox's own routes."""

    def __init__(self, page: SandboxPage, port: int) -> None:
        """Serve one page on a port; 0 lets the system choose."""
        super().__init__(page, port)
        self.page = page

    async def start(self) -> None:
        """Bind the port; raises SetupError when it is taken."""
        simcord_server.web = web  # what the parent's own start would import
        self.runner = web.AppRunner(self._application(), access_log=None)
        await self.runner.setup()
        self.site = web.TCPSite(self.runner, "127.0.0.1", self._requested_port)
        try:
            await self.site.start()
        except OSError as error:
            await self.runner.cleanup()
            raise SetupError(f"port {self._requested_port} is taken") from error
        self.port = int(self.runner.addresses[0][1])

    def _application(self) -> web.Application:
        app = web.Application(handler_args={"handler_cancellation": False})
        app.router.add_get("/", self._index)
        for route in self._STATIC_FILES:
            if route != "/":
                app.router.add_get(route, self._static)
        for route in _OWN_FILES:
            app.router.add_get(route, self._own_file)
        app.router.add_post("/api/pages", self._pages)
        app.router.add_delete("/api/pages/{context_id}", self._delete_page)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/commands", self._commands)
        app.router.add_get("/api/action-result", self._action_result)
        app.router.add_post("/api/action", self._action)
        app.router.add_get("/api/assets/{asset_id}", self._asset)
        app.router.add_get("/sandbox/overview", self._overview)
        app.router.add_post("/sandbox/threads", self._open_thread)
        app.router.add_post("/sandbox/menu", self._use_menu)
        return app

    async def _index(self, request: web.Request) -> web.Response:
        self._check_host(request)
        text = (Path(simcord_server.__file__).with_name("static") / "index.html").read_text(encoding="utf-8")
        own = (STATIC / "sidebar.html").read_text(encoding="utf-8")
        text = text.replace(_HEAD_END, _OWN_HEAD + _HEAD_END).replace(_WORKSPACE, _WORKSPACE + own)
        text = text.replace("SimCord Preview", "Footnote sandbox")
        return web.Response(text=text, content_type="text/html", headers=self._SECURITY_HEADERS)

    async def _own_file(self, request: web.Request) -> web.Response:
        self._check_host(request)
        text = (STATIC / request.path.removeprefix("/")).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_OWN_FILES[request.path], headers=self._SECURITY_HEADERS)

    async def _pages(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            raise web.HTTPUnauthorized
        body = await _body(request)
        channel = str(body.get("channel_id") or "")
        self.page.show_times_in(str(body.get("timezone")))
        try:
            payload = self.page.open_page(int(channel) if channel.isdigit() else None, body.get("viewer_id"))
        except (SetupError, BackendError) as error:
            return self._answer({"error": str(error)}, status=400)
        return self._answer(payload)

    async def _overview(self, request: web.Request) -> web.Response:
        return self._answer(self.page.overview(self._context(request)))

    async def _open_thread(self, request: web.Request) -> web.Response:
        context = self._context(request)
        body = await _body(request)
        return await self._guarded(self._new_thread(context, body))

    async def _new_thread(self, context: str, body: dict[str, Any]) -> dict[str, Any]:
        thread_id = await self.page.open_thread(context, str(body.get("title", "")), str(body.get("text", "")))
        return {"channel_id": str(thread_id)}

    async def _use_menu(self, request: web.Request) -> web.Response:
        context = self._context(request)
        body = await _body(request)
        return await self._guarded(self._menu(context, body))

    async def _menu(self, context: str, body: dict[str, Any]) -> dict[str, Any]:
        await self.page.use_menu(context, int(str(body.get("message_id"))), str(body.get("name")))
        return {"done": True}

    async def _guarded(self, work: Awaitable[dict[str, Any]]) -> web.Response:
        try:
            return self._answer(await work)
        except (AppError, SetupError, BackendError, TimeoutError, ValueError) as error:
            return self._answer({"error": sentence(error)}, status=400)

    def _context(self, request: web.Request) -> str:
        """Return the calling page's id; 401 for a stranger, 410 for a page this process does not know."""
        context = request.headers.get("X-Simcord-Context", "")
        if not self._authorized(request, context=context):
            raise web.HTTPUnauthorized
        try:
            self.page._get_page(context)
        except SetupError:
            raise web.HTTPGone from None
        return context

    def _check_host(self, request: web.Request) -> None:
        """Refuse a foreign host name, which a page elsewhere could have bound to this machine."""
        if self.port is None or request.headers.get("Host", "") not in self._allowed_hosts():
            raise web.HTTPForbidden

    def _answer(self, payload: dict[str, Any], *, status: int = 200) -> web.Response:
        return web.json_response(payload, status=status, headers=self._SECURITY_HEADERS)


async def _body(request: web.Request) -> dict[str, Any]:
    """Return a request's JSON object; 400 for anything else."""
    body = await _read_json_body(request)
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="a JSON object is expected")
    return body


def sentence(error: Exception) -> str:
    """Return what a person is told when the stand-in refuses something."""
    if isinstance(error, AppError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "The bot took too long. Look again in a moment."
    return "Discord would not allow that here."

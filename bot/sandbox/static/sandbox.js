// The sandbox's part of the page: channel and thread list, new threads, message menus, who posts.
// The conversation itself, its composer, buttons, modals and commands are SimCord's app.js.

const $ = (id) => document.getElementById(id);
const capability = window.location.hash.slice(1);
const chosen = new URLSearchParams(window.location.search);
const OVERVIEW_MS = 1000;
const ANSWER_MS = 5000;
let contextId = null;
let menus = [];

// app.js opens its page and reads state through fetch: add the chosen channel and person, and learn the page's id.
const plainFetch = window.fetch.bind(window);
window.fetch = async (path, options = {}) => {
  const isOpening = path === "/api/pages" && options.method === "POST";
  if (isOpening) {
    options = { ...options, body: JSON.stringify({
      channel_id: chosen.get("channel"), viewer_id: chosen.get("as"),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    }) };
  }
  const response = await plainFetch(path, options);
  if (isOpening && response.ok) {
    const snapshot = await response.clone().json();
    contextId = snapshot.context.id;
    chosen.set("channel", snapshot.channelId);
    chosen.set("as", snapshot.viewerId);
    remember();
    await refreshOverview();
    window.setInterval(refreshOverview, OVERVIEW_MS);
  }
  return response;
};

function remember() {
  window.history.replaceState(null, "", `?${chosen}#${capability}`);
}

async function call(path, body) {
  return plainFetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "X-Simcord-Capability": capability, "X-Simcord-Context": contextId, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
  });
}

async function refreshOverview() {
  let response;
  try {
    response = await call("/sandbox/overview");
  } catch {
    return; // the sandbox is stopped; it may come back
  }
  if (response.status === 410) window.location.reload(); // it was started again: this page is new to it
  if (!response.ok) return;
  const overview = await response.json();
  menus = overview.menus;
  $("sandbox-forum").textContent = `Forum: ${overview.forum}`;
  showList($("sandbox-threads"), overview.threads.map((row) => ({ id: row.id, name: row.title, count: row.posts })), overview.current);
  showList($("sandbox-channels"), overview.channels.map((row) => ({ id: row.id, name: `# ${row.name}` })), overview.current);
  $("sandbox-channels-title").hidden = overview.channels.length === 0;
  addMenuButtons();
}

function showList(list, rows, current) {
  const shown = JSON.stringify([rows, current]);
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...rows.map((row) => {
    const link = document.createElement("a");
    link.href = address(row.id);
    link.dataset.channelId = row.id;
    link.append(Object.assign(document.createElement("span"), { className: "sandbox-name", textContent: row.name }));
    if (row.count !== undefined) {
      link.append(Object.assign(document.createElement("span"), { className: "sandbox-count", textContent: row.count, title: `${row.count} posts` }));
    }
    if (row.id === current) link.setAttribute("aria-current", "page");
    link.addEventListener("click", (event) => { event.preventDefault(); go(row.id); });
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
}

function address(channelId) {
  const next = new URLSearchParams(chosen);
  next.set("channel", channelId);
  return `?${next}#${capability}`;
}

function go(channelId) {
  window.location.assign(address(channelId));
  document.body.classList.remove("sandbox-nav-open");
}

// Links to posts of this server lead to the real Discord, which does not know them: follow them here.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='https://discord.com/channels/']");
  if (!link) return;
  event.preventDefault();
  go(new URL(link.href).pathname.split("/")[3]);
}, true);

// What a pressed button brings should be seen without scrolling for it.
let pressedAt = 0;
$("channel-message-list").addEventListener("click", (event) => {
  if (event.target.closest("button")) pressedAt = Date.now();
}, true);
new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.("article.channel-message"));
  if (added.length === 0 || Date.now() - pressedAt > ANSWER_MS) return;
  pressedAt = 0;
  for (const delay of [150, 500, 1000]) window.setTimeout(() => added.at(-1).scrollIntoView({ block: "start" }), delay);
}).observe($("channel-message-list"), { childList: true });

// A person may see other channels than the one before: switch by opening the page anew.
$("viewer-picker").addEventListener("change", (event) => {
  event.stopImmediatePropagation();
  chosen.set("as", event.target.value);
  remember();
  window.location.reload();
}, true);

$("sandbox-new").addEventListener("click", () => {
  $("sandbox-error").textContent = "";
  $("sandbox-dialog").showModal();
  $("sandbox-title").focus();
});
$("sandbox-cancel").addEventListener("click", () => $("sandbox-dialog").close());
$("sandbox-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("sandbox-post").disabled = true;
  try {
    const response = await call("/sandbox/threads", { title: $("sandbox-title").value, text: $("sandbox-text").value });
    const answer = await response.json();
    if (response.ok) go(answer.channel_id);
    else $("sandbox-error").textContent = answer.error;
  } catch {
    $("sandbox-error").textContent = "The sandbox does not answer. Is it still running?";
  } finally {
    $("sandbox-post").disabled = false;
  }
});

// Discord's "Apps" menu on a message.
function addMenuButtons() {
  if (menus.length === 0) return;
  for (const message of document.querySelectorAll("article.channel-message[data-message-id]")) {
    if (message.querySelector(".sandbox-apps")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sandbox-apps message-action-button";
    button.textContent = "⋯";
    button.title = "Apps";
    button.setAttribute("aria-label", "Apps on this post");
    button.addEventListener("click", (event) => { event.stopPropagation(); openMenu(button, message.dataset.messageId); });
    const toolbar = message.querySelector(".message-context-actions");
    if (toolbar) toolbar.append(button);
  }
}

function tell(sentence) {
  const status = $("action-status");
  status.dataset.own = "true";
  status.textContent = sentence;
  window.setTimeout(() => { delete status.dataset.own; status.textContent = ""; }, 6000);
}

function openMenu(button, messageId) {
  const menu = $("sandbox-menu");
  menu.replaceChildren(...menus.map((name) => {
    const item = document.createElement("button");
    item.type = "button";
    item.role = "menuitem";
    item.textContent = name;
    item.addEventListener("click", async () => {
      menu.hidden = true;
      const response = await call("/sandbox/menu", { message_id: messageId, name });
      if (!response.ok) tell((await response.json()).error);
    });
    return item;
  }));
  menu.hidden = false;
  const box = button.getBoundingClientRect();
  menu.style.top = `${Math.min(box.bottom + 4, window.innerHeight - menu.offsetHeight - 8)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - menu.offsetWidth - 8))}px`;
  menu.firstElementChild.focus();
}
document.addEventListener("click", () => { $("sandbox-menu").hidden = true; });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    $("sandbox-menu").hidden = true;
    document.body.classList.remove("sandbox-nav-open");
  }
});
// Discord shows the address of a post as a short mention, not as a row of numbers.
function shortenLinks() {
  for (const link of document.querySelectorAll("a[href^='https://discord.com/channels/']")) {
    if (link.textContent.startsWith("https://")) link.textContent = "The post";
  }
}

new MutationObserver(() => { addMenuButtons(); shortenLinks(); }).observe($("channel-message-list"), { childList: true, subtree: true });

// A conversation opens at its newest post; one that fits or has a single post stays as it is.
const opened = new MutationObserver(() => {
  if (document.querySelectorAll("article.channel-message").length < 2) return;
  const timeline = $("channel-timeline");
  window.setTimeout(() => { timeline.scrollTop = timeline.scrollHeight; }, 150);
  opened.disconnect();
});
opened.observe($("channel-message-list"), { childList: true });

// SimCord reports each step in a developer's words; keep what a person can act on.
const WORDS = {
  "Action was not completed.": "That was not possible.",
  "Action outcome uncertain. It will not be retried.": "The sandbox did not answer. Please reload the page.",
  "Connection interrupted; trying again…": "The sandbox does not answer. Is it still running?",
  "Preview session is unavailable. Reload the active Preview URL.": "The sandbox was started again. Please reload the page.",
  "Access to this preview is unavailable.": "This person cannot see this channel.",
  "Sending message…": "Sending…",
};
new MutationObserver(() => {
  const status = $("action-status");
  const words = WORDS[status.textContent] ?? (Object.values(WORDS).includes(status.textContent) ? status.textContent : "");
  if (status.textContent !== words && !status.dataset.own) status.textContent = words;
}).observe($("action-status"), { childList: true, characterData: true, subtree: true });

// On a narrow screen the list is a drawer.
$("messages-toggle").addEventListener("click", (event) => {
  event.stopImmediatePropagation();
  document.body.classList.toggle("sandbox-nav-open");
}, true);

document.querySelector(".preview-brand strong").textContent = "Footnote";
document.querySelector(".preview-brand small").textContent = "Sandbox";
document.querySelector(".brand-mark").textContent = "F";
document.querySelector(".viewer-control").firstChild.textContent = "Post as ";
$("messages-toggle").textContent = "Threads";

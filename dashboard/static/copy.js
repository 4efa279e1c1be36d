// Buttons that copy a command; hidden where the browser lets no page copy.
export function copyCommands(live) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      live.textContent = "The command is copied.";
    } catch {
      live.textContent = "The browser did not allow to copy: select the command.";
    }
  });
}

// The share button, where the browser can share a file; where it cannot, the download beside it is the only one.

export function offer(button) {
  // What is saved and sent looks like what is seen.
  if (matchMedia("(prefers-color-scheme: dark)").matches) {
    for (const link of document.querySelectorAll("[data-dark]")) link.href = link.dataset.dark;
  }
  const download = button.nextElementSibling;
  const named = (parts) => new File(parts, download.download, { type: "image/png" });
  if (!navigator.canShare?.({ files: [named([""])] })) return;
  button.hidden = false;
  button.addEventListener("click", () => share(download, named));
}

async function share(download, named) {
  const title = document.title;
  const url = location.href.split("#")[0];
  try {
    const answer = await fetch(download.href);
    if (!answer.ok) throw new Error(`the card answered ${answer.status}`);
    await navigator.share({ files: [named([await answer.blob()])], title, url });
  } catch (error) {
    // Whoever closes the share sheet wants nothing more; anything else falls back to the file itself.
    if (error.name !== "AbortError") download.click();
  }
}

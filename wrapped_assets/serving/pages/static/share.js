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
  try {
    const [answer, url] = await Promise.all([fetch(download.href), toPassOn()]);
    if (!answer.ok) throw new Error(`the card answered ${answer.status}`);
    await navigator.share({ files: [named([await answer.blob()])], title, url });
  } catch (error) {
    // Whoever closes the share sheet wants nothing more; anything else falls back to the file itself.
    if (error.name !== "AbortError") download.click();
  }
}

// A link that ends, so that the page's own address stays with its owner; where there is none to be had, that address.
async function toPassOn() {
  const page = location.href.split("#")[0];
  try {
    const answer = await fetch(`${location.pathname}/share`, { method: "POST" });
    return answer.ok ? (await answer.json()).share_url : page;
  } catch {
    return page;
  }
}

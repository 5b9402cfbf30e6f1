// Two things that the theme's search lacks. The offline plugin knows this file by its name and fetches no other one.
{
  // The theme cuts a Chinese query into the words of its index, but never looks at the last character. One more sign,
  // which is no word, makes the last one count.
  const whole = message =>
    typeof message.data === "string" ? { ...message, data: message.data.replace(/\p{Script=Han}+/gu, "$&〇") } : message

  // Browsers start no worker from the file system. Opened from a folder, the site runs it in a hidden frame instead.
  class FrameWorker extends EventTarget {
    constructor(address) {
      super()
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.srcdoc =
        "<script>window.postMessage = data => parent.postMessage(data, '*')</script>" +
        `<script src="${new URL(address, location.href)}"></script>`
      this.frame.addEventListener("load", () => {
        this.waiting.forEach(message => this.deliver(message))
        this.waiting = null
      })
      window.addEventListener("message", event => {
        if (event.source === this.frame.contentWindow)
          this.dispatchEvent(new MessageEvent("message", { data: event.data }))
      })
      document.body.append(this.frame)
    }
    postMessage(message) {
      if (this.waiting) this.waiting.push(message)
      else this.deliver(message)
    }
    deliver(message) {
      this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data: message }))
    }
  }

  const Available = location.protocol === "file:" ? FrameWorker : window.Worker
  window.Worker = class extends Available {
    postMessage(message) {
      super.postMessage(whole(message))
    }
  }
}

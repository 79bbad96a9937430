/** Requests by uni's own call, which exists on both platforms. */
import { NoAnswer, type WireAnswer, type WireRequest } from './contract'

/** Header names in lower case, values as text, whatever shape the platform hands them in. */
export function readHeaders(header: unknown): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries((header ?? {}) as Record<string, unknown>)) {
    headers[name.toLowerCase()] = String(value)
  }
  return headers
}

/** Sends one request; every HTTP status is an answer. Throws NoAnswer only. */
export function sendByUni(request: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    uni.request({
      url: request.url,
      method: request.method,
      header: request.headers,
      data: request.body,
      dataType: 'text',
      responseType: 'text',
      timeout: request.timeoutMs,
      success: ({ statusCode, header, data }) => {
        const body = typeof data === 'string' ? data : data == null ? '' : JSON.stringify(data)
        if (!statusCode) reject(new NoAnswer('offline'))
        else resolve({ status: statusCode, headers: readHeaders(header), body })
      },
      fail: ({ errMsg }) => reject(new NoAnswer(/time ?out/i.test(errMsg ?? '') ? 'timeout' : 'offline')),
    })
  })
}

/** Fetches a picture to a place of the phone's own. Throws NoAnswer for whatever is no picture. */
export function pictureByUni(url: string, header: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url,
      header,
      success: ({ statusCode, tempFilePath }) => (statusCode === 200 ? resolve(tempFilePath) : reject(new NoAnswer('offline'))),
      fail: () => reject(new NoAnswer('offline')),
    })
  })
}

/** Opens a socket; the platform's many events become three. */
export function openSocketByUni(
  url: string,
  handlers: { onOpen(): void; onText(text: string): void; onClose(): void },
): { close(): void } {
  let closed = false
  const closeOnce = () => {
    if (closed) return
    closed = true
    handlers.onClose()
  }
  // Without a callback uni answers with a promise instead of the socket.
  const task = uni.connectSocket({ url, complete: () => undefined }) as unknown as UniApp.SocketTask
  task.onOpen(() => handlers.onOpen())
  task.onMessage(({ data }) => {
    if (typeof data === 'string') handlers.onText(data)
  })
  task.onClose(closeOnce)
  task.onError(closeOnce)
  return {
    close() {
      task.close({ code: 1000 })
      closeOnce()
    },
  }
}

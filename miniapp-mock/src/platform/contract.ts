/** What the mini-program needs from the phone it runs on. One body for WeChat, one for the browser. */

/** Drawer key: somebody has agreed and signed in on this phone, so that it may happen again without a word. */
export const WELCOMED = 'welcomed'

/** Small, synchronous memory. Values are anything JSON can hold. */
export interface Drawer {
  get<T>(key: string): T | null
  set(key: string, value: unknown): void
  remove(key: string): void
  keys(): string[]
}

/** One question to a server. `url` is absolute or starts with `/`. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers: Record<string, string>
  body?: string
  timeoutMs: number
}

/** Any HTTP answer, whatever its status. Header names are lower case. */
export interface WireAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** No answer came: there is no signal, or the time ran out. Whether the server acted is unknown. */
export class NoAnswer extends Error {
  constructor(readonly reason: 'offline' | 'timeout') {
    super(reason)
  }
}

/** The person closed a sheet or said no. Nothing happened and nothing needs to be explained. */
export class Declined extends Error {}

/** Something the phone cannot do, told in words for the person. */
export class Unable extends Error {}

export interface County {
  id: string
  name: string
}

/** What the server tells about where the app runs. `mock` is null where real WeChat is used. */
export interface Environment {
  mock: string | null
  counties: County[]
  templates: Record<string, string>
}

export interface LaunchOptions {
  path?: string
  query?: Record<string, string | undefined>
}

/** The detail of WeChat's getPhoneNumber button event. */
export interface PhoneButtonDetail {
  code?: string
  errMsg?: string
  errno?: number
}

export interface OpenSocket {
  close(): void
}

export interface SocketHandlers {
  onOpen(): void
  onText(text: string): void
  onClose(): void
}

export interface Platform {
  readonly name: 'h5' | 'mp'
  /** Lasting memory of this phone. */
  readonly storage: Drawer
  /** Memory of who is signed in: in the browser one a tab, so that two tabs can be two people. */
  readonly identity: Drawer

  environment(): Promise<Environment>
  request(request: WireRequest): Promise<WireAnswer>
  openSocket(url: string, handlers: SocketHandlers): OpenSocket

  /** Takes what the launch link carries (county, and in the browser a person) before the first page. */
  onLaunch(options: LaunchOptions): { county: string | null; anotherPerson: boolean }
  /** A one-use sign-in code of WeChat. Throws Declined. `silent` never asks the person anything. */
  login(county: string, silent?: boolean): Promise<string>
  /** Forgets who was chosen (browser only; WeChat's person is the phone's owner). */
  forgetPerson(): void
  /** A one-use code for the phone number, from the button's event. Throws Declined or Unable. */
  phoneCode(detail?: PhoneButtonDetail): Promise<string>
  /** Asks to be allowed one message of each template. Must be called straight from a tap. */
  requestSubscribe(templateIds: string[]): Promise<string[]>
  /** Reads one code with the camera. Throws Declined. */
  scan(): Promise<string>
  /** One photo of a paper, as a JPEG in base64. Throws Declined or Unable. */
  takePhoto(): Promise<string>
  /** Fetches a picture that only this person may see; an address for `<image>`. Throws NoAnswer. */
  picture(url: string, headers: Record<string, string>): Promise<string>
  /** WeChat's own privacy question; true when the person agreed. */
  requirePrivacy(): Promise<boolean>
  /** Opens WeChat's own page on what this app collects; null where there is none. */
  readonly openPrivacyGuide: (() => void) | null
  callPhone(number: string): void
  copy(text: string): Promise<void>

  isOnline(): Promise<boolean>
  onNetworkChange(listener: (online: boolean) => void): void
  /** The system's text size in px; WeChat's standard is 17. */
  systemFontSize(): number
  /** Height in px above and width in px right of the bar that the system keeps for itself. */
  barInsets(): { top: number; right: number }
}

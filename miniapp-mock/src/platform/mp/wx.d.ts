/** The few calls of WeChat that uni's own types do not carry. */
declare const wx: {
  login(options: { success(result: { code: string }): void; fail(): void }): void
  requestSubscribeMessage(options: {
    tmplIds: string[]
    success(result: Record<string, string>): void
    fail(): void
  }): void
  requirePrivacyAuthorize?: (options: { success(): void; fail(): void }) => void
  openPrivacyContract?: (options: { fail?(): void }) => void
  getAppBaseInfo?: () => { fontSizeSetting?: number }
  getWindowInfo(): { windowWidth: number; statusBarHeight: number }
  addPhoneCalendar(options: {
    title: string
    startTime: number
    endTime: string
    location: string
    description: string
    success(): void
    fail(): void
  }): void
  getMenuButtonBoundingClientRect(): { left: number }
}

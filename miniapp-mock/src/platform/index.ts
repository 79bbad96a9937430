/** The one place where it is decided on which platform this build runs. */
import type { Platform } from './contract'
// #ifdef H5
import { browserPlatform } from './h5/adapter'
// #endif
// #ifdef MP-WEIXIN
import { wechatPlatform } from './mp/adapter'
// #endif

let body: Platform | undefined
// #ifdef H5
body = browserPlatform
// #endif
// #ifdef MP-WEIXIN
body = wechatPlatform
// #endif

export const platform = body as Platform
export * from './contract'

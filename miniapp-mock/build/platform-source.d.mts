import type { Plugin } from 'vite'

export function sourceFor(platform: 'h5' | 'mp-weixin', text: string, file: string): string
export function browserSource(): Plugin

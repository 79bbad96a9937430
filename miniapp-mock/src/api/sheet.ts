/** A sheet of paper to print: a browser gets the file, WeChat shows it with its own menu to print. */
import { fetchPicture } from './picture'
import { problemOfKind } from './problem'

/** Throws Problem when it could not be fetched or shown. */
export async function openSheet(from: string, name: string): Promise<void> {
  const path = await fetchPicture(from)
  // #ifdef H5
  const link = document.createElement('a')
  link.href = path
  link.download = name
  link.click()
  // #endif
  // #ifndef H5
  await new Promise<void>((resolve, reject) =>
    uni.openDocument({ filePath: path, fileType: 'pdf', showMenu: true, success: () => resolve(), fail: () => reject(problemOfKind('offline')) }),
  )
  // #endif
}

/** A slip of paper for whoever carries no phone: a browser gets the file, WeChat shows it with its own menu to print. */
import { fetchPicture } from '@/api/picture'
import { problemOfKind } from '@/api/problem'
import type { Appointment } from './types'

/** Throws Problem when it could not be fetched or shown. */
export async function openSlip(one: Appointment): Promise<void> {
  const path = await fetchPicture(`/appointments/${one.id}/slip.pdf`)
  // #ifdef H5
  const link = document.createElement('a')
  link.href = path
  link.download = 'appointment.pdf'
  link.click()
  // #endif
  // #ifndef H5
  await new Promise<void>((resolve, reject) =>
    uni.openDocument({ filePath: path, fileType: 'pdf', showMenu: true, success: () => resolve(), fail: () => reject(problemOfKind('offline')) }),
  )
  // #endif
}

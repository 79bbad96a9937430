/** A photo in the browser: the camera or a file, made small enough to be sent over a village's signal. */
import { Declined, Unable } from '../contract'

/** Letters of a paper are still read at this size; the server keeps no more. */
const LONGEST = 2400
const QUALITY = 0.8

function choose(): Promise<File> {
  return new Promise((resolve, reject) => {
    uni.chooseImage({
      count: 1,
      sizeType: ['compressed'],
      // In the browser uni hands over the file itself.
      success: ({ tempFiles }) => resolve((tempFiles as unknown as File[])[0]),
      fail: () => reject(new Declined()),
    })
  })
}

export async function photoInBrowser(): Promise<string> {
  const file = await choose()
  try {
    const picture = await createImageBitmap(file)
    const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * share)
    canvas.height = Math.round(picture.height * share)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return canvas.toDataURL('image/jpeg', QUALITY).split(',')[1]
  } catch {
    throw new Unable('照片打不开，请重新拍一张')
  }
}

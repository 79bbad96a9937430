/** A photo in WeChat: the camera or the album, made small by the phone and read as base64. */
import { Declined, Unable } from '../contract'

/** Letters of a paper are still read at this size; the server keeps no more. */
const LONGEST = 2400
const QUALITY = 80

export function photoInWechat(): Promise<string> {
  return new Promise((resolve, reject) => {
    const spoilt = () => reject(new Unable('照片打不开，请重新拍一张'))
    uni.chooseMedia({
      count: 1,
      mediaType: ['image'],
      sizeType: ['compressed'],
      success: ({ tempFiles }) =>
        uni.compressImage({
          src: tempFiles[0].tempFilePath,
          quality: QUALITY,
          compressedWidth: LONGEST,
          success: ({ tempFilePath }) =>
            uni.getFileSystemManager().readFile({
              filePath: tempFilePath,
              encoding: 'base64',
              success: ({ data }) => resolve(String(data)),
              fail: spoilt,
            }),
          fail: spoilt,
        }),
      fail: () => reject(new Declined()),
    })
  })
}

package bucket

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
)

// crc32Header is the checksum that SDKs send, and compare, of their own accord. Others are not looked at.
const crc32Header = "X-Amz-Checksum-Crc32"

// checksum compares the checksum that came with an object. One that came without gets it: S3 keeps one for each
// object ("Checking object integrity" in the S3 User Guide).
func checksum(header http.Header, body []byte) *fault {
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))
	is := base64.StdEncoding.EncodeToString(sum)
	if sent := header.Get(crc32Header); sent != "" && sent != is {
		return &fault{http.StatusBadRequest, "BadDigest", "The CRC32 you specified did not match the calculated checksum."}
	}
	header.Set(crc32Header, is)
	return nil
}

// offerChecksum leaves the checksum in an answer that has all of the object, to a client that asks for it.
func offerChecksum(header http.Header, r *http.Request) {
	if r.Header.Get("X-Amz-Checksum-Mode") != "ENABLED" || header.Get("Content-Range") != "" || r.Method == http.MethodPut {
		header.Del(crc32Header)
	}
}

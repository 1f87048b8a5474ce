package courier

import (
	"encoding/base64"
	"encoding/binary"
)

// crcPolynomial is CRC-64/NVME's, reflected (NVM Express base specification, 5.2.1.3.4).
const crcPolynomial = 0x9A6C9329AC4BC9B5

// combineCRC gives the CRC64NVME of two pieces that follow each other, from the sum of each and the length of
// the second, so that parts which are read at the same time need no second reading in order. It is zlib's
// crc32_combine for 64 bits: appending n zero bytes to a message is a linear map of its sum.
func combineCRC(first, second uint64, lengthOfSecond int64) uint64 {
	if lengthOfSecond == 0 {
		return first
	}
	var odd, even matrix
	odd[0] = crcPolynomial // the map of one zero bit
	for i := 1; i < 64; i++ {
		odd[i] = 1 << (i - 1)
	}
	even.square(&odd) // two zero bits
	odd.square(&even) // four
	for n := uint64(lengthOfSecond); ; {
		even.square(&odd) // eight: a byte; then 4, 16, … bytes
		if n&1 != 0 {
			first = even.times(first)
		}
		if n >>= 1; n == 0 {
			break
		}
		odd.square(&even)
		if n&1 != 0 {
			first = odd.times(first)
		}
		if n >>= 1; n == 0 {
			break
		}
	}
	return first ^ second
}

// matrix is a linear map over GF(2): column i is the image of bit i.
type matrix [64]uint64

func (m *matrix) times(v uint64) (sum uint64) {
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			sum ^= m[i]
		}
	}
	return sum
}

func (m *matrix) square(of *matrix) {
	for i := range m {
		m[i] = of.times(of[i])
	}
}

// base64CRC writes a sum as S3 has it in headers: the eight bytes, most significant first, in base64.
func base64CRC(sum uint64) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, sum))
}

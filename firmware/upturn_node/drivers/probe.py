# SPDX-License-Identifier: MIT
"""Which sensor is on the bus: asked of the chip, never of the board's name.

Identities that are known come first. Only if there is none anywhere, an answer at an MPU's
address with an identity that nobody listed is tried as an MPU, for clones appear faster than
lists; what it becomes carries a `warning`.
"""


class NoSensorError(OSError):
    """Nothing on the bus is a sensor that a driver knows; the text says what answered."""


def find(i2c, addresses=None, gyro=True):
    """The driver of the sensor that is there, not yet started.

    Args:
        i2c: bus with the methods of machine.I2C.
        addresses: look only at these; None: wherever a sensor can be.
        gyro: of several sensors prefer one with a gyroscope; without, the one that needs less.

    Raises:
        NoSensorError: none is there.
    """
    answering = i2c.scan()
    told = []
    for places, module in _WITH_GYRO + _WITHOUT if gyro else _WITHOUT + _WITH_GYRO:
        for address in places:
            if address in answering and (addresses is None or address in addresses):
                driver = _try(module().recognise, i2c, address, told)
                if driver:
                    return driver
    for address in _AT_MPU:
        if address in answering and (addresses is None or address in addresses):
            driver = _try(_mpu().adopt, i2c, address, told)
            if driver:
                return driver
    raise NoSensorError(_why(answering, addresses, told))


def _try(ask, i2c, address, told):
    try:
        return ask(i2c, address)
    except OSError as error:
        told.append("0x%02x failed: %s" % (address, error))
        return None


def _why(answering, addresses, told):
    if not answering:
        return "no sensor: nothing answers on the I2C bus"
    heard = ", ".join(["0x%02x" % address for address in answering])
    only = (
        ""
        if addresses is None
        else " (looked at %s)" % ", ".join(["0x%02x" % address for address in addresses])
    )
    return "no known sensor%s; on the I2C bus answer %s" % (only, "; ".join([heard] + told))


# Imported when their address answers, so that a node holds only the driver that it uses.


def _mpu():
    from upturn_node.drivers import mpu

    return mpu


def _bmi270():
    from upturn_node.drivers import bmi270

    return bmi270


def _lis3dh():
    from upturn_node.drivers import lis3dh

    return lis3dh


def _adxl345():
    from upturn_node.drivers import adxl345

    return adxl345


_AT_MPU = (0x68, 0x69)
_WITH_GYRO = ((_AT_MPU, _mpu), (_AT_MPU, _bmi270))
_WITHOUT = (((0x18, 0x19), _lis3dh), ((0x53, 0x1D), _adxl345))

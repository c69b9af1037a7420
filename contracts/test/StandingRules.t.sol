// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Parameters} from "../src/Parameters.sol";
import {IParameters, Rules} from "../src/interfaces/IParameters.sol";
import {Actors} from "../testing/Actors.sol";
import {DevValues} from "../testing/DevValues.sol";

// the lead of anchors, the slack and the grace of what is in force, the window of exits
// ├── on the dev chain                          seconds at least
// └── on any other, just outside its bounds     reverts with its name
contract StandingRulesTest is Actors {
    bytes32[4] private names = [bytes32("anchorLead"), "startSlack", "inactiveGrace", "exitWindow"];
    uint32[4] private least = [uint32(1 minutes), 1 hours, 24 hours, 1 days];
    uint32[4] private most = [uint32(2 minutes), 1 hours, 24 hours, 7 days];
    address private timelock;

    function setUp() public {
        timelock = address(DevValues.timelock(OWNER, 2 days));
    }

    function test_RevertWhen_AWindowIsJustOutsideItsBounds() public {
        vm.chainId(8453);
        for (uint256 i = 0; i < 4; ++i) {
            refuse(DevValues.protocolRules(), i, least[i] - 1, least[i]);
            refuse(DevValues.protocolRules(), i, most[i] + 1, least[i]);
        }
    }

    function test_RevertWhen_TheDevChainHasNone() public {
        for (uint256 i = 0; i < 4; ++i) refuse(DevValues.rules(), i, 0, 1);
    }

    function refuse(Rules memory r, uint256 i, uint32 value, uint256 min) private {
        if (i == 0) r.anchorLead = value;
        if (i == 1) r.startSlack = value;
        if (i == 2) r.inactiveGrace = value;
        if (i == 3) r.exitWindow = value;
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.Parameters_OutOfBounds.selector, names[i], value, min, most[i])
        );
        this.deployWith(r);
    }

    /// @dev Forge creates contracts in tests from artifacts, by a cheat code, and an expected revert takes no notice of
    /// that: a call does.
    function deployWith(Rules memory r) external returns (Parameters) {
        return new Parameters(r, DevValues.rates(TREASURY), address(0x70C), timelock);
    }
}

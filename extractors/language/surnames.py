"""Which word of a person's name stands alone in later sentences."""

from __future__ import annotations

# The hundred most common family names of mainland China (Ministry of Public Security, 2020) in pinyin, with the common
# Taiwanese, Hong Kong and Korean romanizations: in coverage these stand first, and alone later.
FIRST = frozenset(
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song Tang Deng Han Feng Cao Peng "
    "Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Yao Shen Zhong Cui Tan Fan Liao Wan Jin Shi Dai Jia Xia Fu "
    "Fang Zou Xiong Bai Meng Qin Qiu Hou Yin Xue Yan Lei Long Tao Hao Gong Shao Qian Mao Ni Lai Xi Shu Pang Miao Xing Kong Kang Ge Niu "
    "Tsai Chang Hsu Hsieh Chiang Kuo Cheng Tseng Lee Wong Chan Cheung Leung Ng Ho Tsang Kim Park Choi Jung Kang Cho Yoon Jang Lim Shin "
    "Seo Kwon Hwang Ahn Moon Yoo Nam Noh Sun Tong Bao Mu Hong Chai Qiao".split()
)


def surname(name: str) -> str:
    """The family name of a full name, as later sentences use it: the first word of a Chinese or Korean name, else the last.

    A name with a Western given name ("Jensen Huang", "Lisa Su") is written given name first, and so has its family name last.
    """
    words = name.split()
    return words[0] if len(words) in {2, 3} and words[0] in FIRST and words[-1] not in FIRST else words[-1]
